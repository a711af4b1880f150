// Calls the function as an application does: KEY IV PATH EXPIRES [SEAL_KEY ONCE VALUE...].
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
	seal := []Seal{}
	if len(os.Args) > 5 {
		seal = append(seal, Seal{Key: os.Args[5], Once: os.Args[6] == "once", Bind: os.Args[7:]})
	}
	token, err := Sign(os.Args[1], os.Args[2], os.Args[3], expires, seal...)
	if err != nil {
		panic(err)
	}
	fmt.Println(token)
}
