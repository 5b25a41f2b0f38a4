"""The server-rendered console and the acknowledge page."""
