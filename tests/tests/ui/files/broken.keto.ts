class User implements Namespace {}

class Listing implements Namespace {
  related: {
    owners: User
  }
}

class Group extends Namespace {}

class Folder implements Namespace {
  related: {
    readers: User[]
  }
}
