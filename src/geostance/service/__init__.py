"""Requests to a chat service that speaks OpenAI's protocol."""

from geostance.service.client import ChatService
from geostance.service.requests import chat_request

__all__ = ["ChatService", "chat_request"]
