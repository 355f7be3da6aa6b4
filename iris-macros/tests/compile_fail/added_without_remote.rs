use iris_core::Iris;

struct Users;

fn main() {
    let _ = Iris::without_context().add_remote(Users);
}
