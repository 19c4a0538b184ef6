DROP TABLE event_mailings;
DROP TABLE notification_choices;
