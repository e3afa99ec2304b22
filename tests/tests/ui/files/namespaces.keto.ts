class User implements Namespace {}

class Listing implements Namespace {
  related: {
    owners: User[]
  }
  permits = {
    edit: (ctx: Context): boolean => this.related.owners.includes(ctx.subject),
  }
}
