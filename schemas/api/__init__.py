"""The words of the REST interface: requests, answers, problems, the OpenAPI document."""
