class Listing implements Namespace {
  related: {
    edit: Listing[]
  }
  permits = {
    edit: (ctx: Context): boolean => this.related.edit.includes(ctx.subject),
  }
}
