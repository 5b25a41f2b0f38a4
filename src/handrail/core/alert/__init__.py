"""Deduplicated conditions: admission, dispositions, receipts."""
