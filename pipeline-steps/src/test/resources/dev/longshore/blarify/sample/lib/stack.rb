class Stack
  def push(item)
    @items << item
  end
end
