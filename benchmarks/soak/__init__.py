"""The services at work for minutes, each answer checked against scikit-learn's: `make soak`."""
