DROP TABLE public_links;
DROP TABLE local_shares;
DROP TABLE checkouts;
