"""Requests to a chat service that speaks OpenAI's protocol."""

from geostance.service.client import ChatService

__all__ = ["ChatService"]
