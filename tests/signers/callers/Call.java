import java.util.Arrays;
import pta.Sign;

/** Calls the function as an application does: KEY IV PATH EXPIRES [SEAL_KEY ONCE VALUE...]. */
class Call {
    public static void main(String[] args) throws Exception {
        long expires = Long.parseLong(args[3]);
        if (args.length == 4) {
            System.out.println(Sign.sign(args[0], args[1], args[2], expires));
            return;
        }
        Sign.Seal seal = Sign.Seal.key(args[4]).bind(Arrays.copyOfRange(args, 6, args.length));
        if (args[5].equals("once")) seal = seal.once();
        System.out.println(Sign.sign(args[0], args[1], args[2], expires, seal));
    }
}
