// Prints a token: sign KEY IV PATH EXPIRES
package main

import (
	"fmt"
	"os"
	"strconv"

	"pta.example/signer"
)

func main() {
	args := append(os.Args[1:], "", "", "", "")
	expires, err := strconv.ParseInt(args[3], 10, 64)
	token, signErr := signer.Sign(args[0], args[1], args[2], expires)
	if len(os.Args) != 5 || err != nil || args[3][0] == '+' {
		signErr = fmt.Errorf("usage: sign KEY IV PATH EXPIRES (Unix seconds)")
	}
	if signErr != nil {
		fmt.Fprintln(os.Stderr, "sign:", signErr)
		os.Exit(2)
	}
	fmt.Println(token)
}
