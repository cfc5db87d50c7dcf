<?php
class Page
{
    function title()
    {
        return "t";
    }
}
