"""The server: settings, routes, middleware, worker processes and the contents of answers.

Only `server` imports Gradio, for public links. `ui/page.py` mounts the Gradio page."""
