"""What is handed out: the names in play, the layout, the answer."""
