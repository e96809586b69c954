"""What a round achieved, in totals of five or more: frozen wave by wave, to those who took part first."""
