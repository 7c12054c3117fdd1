package ticket

// LiveChannel is where Postgres tells of each ticket that was made or changed,
// when the transaction commits: {"ticket":100042}. It says which, never what.
const LiveChannel = "deskbell_live"
