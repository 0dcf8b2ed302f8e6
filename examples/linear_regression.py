"""A straight line fitted by gradient descent, with nothing but tensors."""

import lucet

x = lucet.tensor([[1.0], [2.0], [3.0], [4.0]])
y = lucet.tensor([[3.0], [5.0], [7.0], [9.0]])
w = lucet.tensor([[0.0]], requires_grad=True)
b = lucet.tensor([[0.0]], requires_grad=True)
for epoch in range(10):
    y_pred = x @ w + b
    loss = ((y_pred - y) ** 2).mean()
    loss.backward()
    with lucet.no_grad():
        w -= 0.01 * w.grad
        b -= 0.01 * b.grad
        w.grad.zero_()
        b.grad.zero_()
    print(f"Epoch {epoch + 1}: Loss = {loss.item():.4f}")
print(f"Trained weight: {w.item():.4f}, Trained bias: {b.item():.4f}")
