class User implements Namespace {}

class Listing implements Namespace {
  related: {
    owners: User
  }
}
