"""Covers and swaps: people change who is on call, with the consent of all concerned."""
