"""What stands between the page and the network: settings, routes, batches, workers, limits, health.

Knows HTTP and the rest of the package. Of Gradio, which `page.py` puts behind it, only `web` knows,
and only how it makes public links.
"""
