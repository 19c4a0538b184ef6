DROP TABLE invitations;
DROP TABLE user_applications;
DROP TABLE applications;
DROP TABLE agreement_acceptances;
DROP TABLE agreements;
DROP TABLE joining_policies;
