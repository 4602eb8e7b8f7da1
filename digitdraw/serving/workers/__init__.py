"""The processes that run the models, and the queues in front of them."""
