import { refusal } from "../../../_server/wso2/publisherAnswers";

/** What of WSO2's REST APIs is not here, in the form of its errors. */
const nothing = () => refusal(404, "This call of WSO2's REST APIs is not served here.");

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
