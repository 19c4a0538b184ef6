-- Whose twin a community is, in which keys and shops are tried. Each has at most one.
ALTER TABLE communities ADD COLUMN test_of BLOB CHECK (length(test_of) = 16);
CREATE UNIQUE INDEX communities_by_twin ON communities (test_of);
