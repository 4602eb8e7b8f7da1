"""The page's own parts: canvas, answer panel, upload. Knows Gradio; decides nothing itself."""
