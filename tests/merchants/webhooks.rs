//! Webhooks: endpoints, deliveries, their order and their end.
