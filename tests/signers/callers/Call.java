import pta.Sign;

/** Calls the function as an application does. */
class Call {
    public static void main(String[] args) throws Exception {
        System.out.println(Sign.sign(args[0], args[1], args[2], Long.parseLong(args[3])));
    }
}
