"""One module per revision; applied ones never change."""
