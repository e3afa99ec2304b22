import { Context, Namespace, SubjectSet } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Team implements Namespace {
  related: {
    members: User[]
  }
}

class Listing implements Namespace {
  related: {
    owners: (User | SubjectSet<Team, "members">)[]
    viewers: User[]
  }

  permits = {
    edit: (ctx: Context): boolean => this.related.owners.includes(ctx.subject),
    view: (ctx: Context): boolean =>
      this.related.viewers.includes(ctx.subject) || this.permits.edit(ctx),
  }
}
