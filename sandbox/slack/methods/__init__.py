"""The Web API's methods: each a plain function over the workspace's state."""
