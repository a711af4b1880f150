// Uses the installed package.
package main

import (
	"fmt"
	"os"
	"strconv"

	"pta.example/signer"
)

func main() {
	expires, err := strconv.ParseInt(os.Args[4], 10, 64)
	if err != nil {
		panic(err)
	}
	token, err := signer.Sign(os.Args[1], os.Args[2], os.Args[3], expires)
	if err != nil {
		panic(err)
	}
	fmt.Println(token)
}
