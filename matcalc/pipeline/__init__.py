"""The pipeline: text → typed expression → derivative → short form → verified → answer."""
