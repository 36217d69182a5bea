"""What the numbers say: facts, marks and sentences, before anything is drawn."""
