"""Policies, levels and targets."""
