class Counter
{
    int Next()
    {
        return 1;
    }
}
