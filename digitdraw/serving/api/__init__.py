"""What programs and assistants can ask: REST routes, their description, and MCP tools."""
