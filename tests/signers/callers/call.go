// Calls the function as an application does.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	expires, err := strconv.ParseInt(os.Args[4], 10, 64)
	if err != nil {
		panic(err)
	}
	token, err := Sign(os.Args[1], os.Args[2], os.Args[3], expires)
	if err != nil {
		panic(err)
	}
	fmt.Println(token)
}
