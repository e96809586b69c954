"""Recognition for those who led: a certificate to print, made only for whoever asks for theirs."""
