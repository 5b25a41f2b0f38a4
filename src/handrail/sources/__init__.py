"""Senders' wire formats, one folder each: pure parsing into signals."""
