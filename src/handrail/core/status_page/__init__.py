"""The public side: components and notices."""
