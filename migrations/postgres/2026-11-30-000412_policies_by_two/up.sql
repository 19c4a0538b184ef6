-- Which version of the policy on limits holds, and the policy that an admin wants adopted and another has to agree to.
ALTER TABLE communities ADD COLUMN limit_policy_version BIGINT NOT NULL DEFAULT 0 CHECK (limit_policy_version >= 0);
UPDATE communities SET limit_policy_version =
    COALESCE((SELECT MAX(version) FROM limit_policies WHERE limit_policies.community_id = communities.id), 0);
ALTER TABLE approvals ADD COLUMN terms TEXT;
