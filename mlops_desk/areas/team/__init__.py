"""The team: who belongs to the project, in which roles, and who answers for which stage."""

from mlops_desk.areas.team import comment, discussion, hand_over, open_items, queries, view
from mlops_desk.areas.team.comment import Comment
from mlops_desk.areas.team.device import AcceptLate, AdmitDevice, ConfirmFork, Device, RemoveMember, RetireDevice
from mlops_desk.areas.team.hand_over import HandOver
from mlops_desk.areas.team.member import Admit, ChangeRoles, JoinRequest, Member, Project
from mlops_desk.areas.team.view import VIEWS, TableView
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing

MEMBERS = Listing(
    noun="member",
    command="team",
    title="Team",
    columns=(
        Column("name", "Name"),
        Column("roles", "Roles", "role"),
        Column("mail", "Mail"),
        Column("state", "State", "state"),
        Column("since", "Since", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.members,
)
REQUESTS = Listing(
    noun="join-request",
    command="team",
    verb="requests",
    title="Requests to join",
    columns=(
        Column("name", "Name"),
        Column("roles", "Wanted roles", "role"),
        Column("mail", "Mail"),
        Column("words", "Words of their machine"),
        Column("recorded_at", "Asked", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.request_rows,
    empty="Nobody waits to be admitted.",
)
DEVICES = Listing(
    noun="device",
    command="team device",
    title="Machines",
    columns=(
        Column("name", "Machine"),
        Column("member", "Whose"),
        Column("state", "State", "state"),
        Column("entries", "Entries", "whole"),
        Column("set_aside", "Set aside", "whole"),
        Column("since", "Since", "instant"),
        Column("words", "Words"),
        Column("id", "Id", "id"),
    ),
    query=queries.device_rows,
)
RACI = Listing(
    noun="raci",
    command="team",
    verb="raci",
    title="Who answers for what",
    columns=(
        Column("stage", "Stage"),
        Column("accountable", "Accountable"),
        Column("responsible", "Responsible"),
        Column("consulted", "Consulted"),
        Column("informed", "Informed"),
        Column("state", "State", "state"),
    ),
    query=queries.raci,
)
COMMENTS = Listing(
    noun="comment",
    title="Comments",
    columns=(
        Column("at", "When", "instant"),
        Column("heading", "Who"),
        Column("about", "About"),
        Column("shown", "Comment"),
        Column("id", "Id", "id"),
    ),
    query=discussion.comments,
    about=discussion.comments_on,
    empty="Nothing was said yet.",
)
OPEN_ITEMS = Listing(
    noun="open-item",
    command="team",
    verb="open-items",
    title="Open items",
    columns=(
        Column("name", "Whose"),
        Column("what", "What"),
        Column("others", "Waits also for"),
        Column("why", "Why"),
        Column("state", "State", "state"),
    ),
    query=open_items.open_rows,
    about=open_items.open_rows_of,
    empty="Nothing waits for them.",
)
HAND_OVERS = Listing(
    noun="hand-over",
    title="Hand-overs",
    columns=(
        Column("at", "When", "instant"),
        Column("name", "Whose"),
        Column("to", "To"),
        Column("roles", "Stands in as", "role"),
        Column("items", "Things", "whole"),
        Column("state", "State", "state"),
        Column("note", "Remark"),
        Column("id", "Id", "id"),
    ),
    query=open_items.hand_over_rows,
    empty="Nothing was handed over.",
)

AREA = Area(
    name="team",
    title="Team",
    nouns=(Project, Member, JoinRequest, Device, Comment, HandOver, TableView),
    acts=(
        *(Admit, ChangeRoles, RemoveMember, *hand_over.ACTS),
        *(AdmitDevice, RetireDevice, AcceptLate, ConfirmFork, *comment.ACTS, *view.ACTS),
    ),
    listings=(MEMBERS, REQUESTS, DEVICES, RACI, OPEN_ITEMS, HAND_OVERS, COMMENTS, VIEWS),
    details={
        "member": queries.member_details,
        "comment": discussion.comment_details,
        "hand-over": open_items.hand_over_details,
    },
    needs=(queries.needs, discussion.needs),
    marks=(queries.marks, open_items.marks),
)
