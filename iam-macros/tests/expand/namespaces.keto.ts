import { Context, Namespace } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Team implements Namespace {
  related: {
    members: User[]
  }
}

class Listing implements Namespace {
  related: {
    owners: User[]
    "can-see": (User | SubjectSet<Listing, "owners">)[]
    type: User[]
  }
  permits = {
    edit: (ctx: Context): boolean => this.related.owners.includes(ctx.subject),
  }
}
