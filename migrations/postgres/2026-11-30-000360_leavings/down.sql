DROP TABLE leaving_instalments;
DROP TABLE leavings;
