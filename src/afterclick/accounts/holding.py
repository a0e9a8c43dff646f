"""What the tables of this room hold of members, in words that several of them share."""

SIGN_IN = "who may use this installation: staff, not customers"
WHILE_A_MEMBER = "while they are a member"
GOES_WITH_THE_MEMBER = "goes when the member is removed under Settings, People"
