"""What stands between the page and the network: settings, routes, batches, limits and health.

Knows HTTP and the rest of the package; knows nothing of Gradio, which `app.py` puts behind it.
"""
