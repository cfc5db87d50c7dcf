package lib;

class Shapes {
    static int area(int side) {
        return area(side, side);
    }

    static int area(int width, int height) {
        return width * height;
    }

    static class Square {
        int side;
    }
}
