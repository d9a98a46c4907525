"""The backend at scale: an Elasticsearch cluster, features of its free licence and modules of the bare server alone."""
